export { Toaster as default } from "@medea/ui";
