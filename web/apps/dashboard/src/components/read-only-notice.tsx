import { Notice } from "@medea/ui";
import { useMe } from "@/lib/session";

const ARTICLE = { owner: "an owner", admin: "an admin", editor: "an editor", viewer: "a viewer" };

/** Says why the fields below cannot be changed. */
export function ReadOnlyNotice({ what }: { what: string }) {
  const { role, tenant } = useMe();
  return (
    <Notice variant="locked" className="mb-6">
      You are {ARTICLE[role]} of {tenant.name}: you can look at {what}, but not change it. An owner
      or admin can give you another role.
    </Notice>
  );
}
