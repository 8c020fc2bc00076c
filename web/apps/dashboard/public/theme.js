// Runs before the first paint, so that a dark page never flashes white. External, because the
// content security policy allows no inline script.
(() => {
  let choice = null;
  try {
    choice = localStorage.getItem("medea.theme");
  } catch {
    // Storage may be blocked; the system's preference is used then.
  }
  const isDark =
    choice === "dark" || (choice !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.classList.toggle("dark", isDark);
})();
