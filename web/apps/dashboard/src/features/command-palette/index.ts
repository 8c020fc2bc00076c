export { CommandPalette } from "./command-palette";
export { ShortcutsDialog } from "./shortcuts-dialog";
