import { Notice } from "@medea/ui";
import { useMe } from "@/lib/session";

const ARTICLE = { owner: "an owner", admin: "an admin", editor: "an editor", viewer: "a viewer" };

/** Says why the fields below cannot be changed. */
export function ReadOnlyNotice({ what, className }: { what: string; className?: string }) {
  const { role, tenant } = useMe();
  return (
    <Notice variant="locked" className={className}>
      You are {ARTICLE[role]} of {tenant.name}: you can look at {what}, but not change it. An owner
      or admin can give you another role.
    </Notice>
  );
}
