// What the page takes of its only two foreign parts.
export { h, render } from "preact";
export { Goban } from "@sabaki/shudan";
