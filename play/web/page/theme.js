// Light or dark: as the system says, until the person chooses.
const kStored = "moyo.theme";
const kDark = "(prefers-color-scheme: dark)";

const chosen = () => localStorage.getItem(kStored) ?? (matchMedia(kDark).matches ? "dark" : "light");
const apply = () => (document.documentElement.dataset.theme = chosen());

export function initTheme(button) {
  apply();
  matchMedia(kDark).addEventListener("change", apply);
  button.addEventListener("click", () => {
    localStorage.setItem(kStored, chosen() === "dark" ? "light" : "dark");
    apply();
  });
}
