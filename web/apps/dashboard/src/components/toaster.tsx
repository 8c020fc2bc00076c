import { Toaster } from "@medea/ui";

/** At the top: the bottom right corner belongs to the playground's composer. */
export default function TopToaster() {
  return <Toaster position="top-center" />;
}
