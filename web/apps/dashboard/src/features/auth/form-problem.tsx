import { Notice } from "@medea/ui";

/** What went wrong with the whole form, above its fields. */
export function FormProblem({ message }: { message: string | null }) {
  if (!message) return null;
  return (
    <Notice variant="destructive" role="alert">
      {message}
    </Notice>
  );
}
