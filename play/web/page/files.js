// Records from and to the person's disk.
const kSgfType = "application/x-go-sgf";

// onFile(bytes): a file was chosen or dropped. onTooLarge().
export function takeFiles(input, drop, mostBytes, { onFile, onTooLarge }) {
  const take = async (file) => {
    if (file === undefined) return;
    if (file.size > mostBytes) onTooLarge();
    else onFile(await file.arrayBuffer());
  };
  input.addEventListener("change", () => {
    take(input.files[0]);
    input.value = ""; // so that the same file may be chosen again
  });
  const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
  addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    drop.hidden = false;
  });
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) drop.hidden = true;
  });
  addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    drop.hidden = true;
    take(event.dataTransfer.files[0]);
  });
}

export function download(text, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: kSgfType }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

// "moyo-2026-11-24-1605.sgf", in local time.
export function fileName(now) {
  const two = (number) => String(number).padStart(2, "0");
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join("-");
  return `moyo-${day}-${two(now.getHours())}${two(now.getMinutes())}.sgf`;
}
