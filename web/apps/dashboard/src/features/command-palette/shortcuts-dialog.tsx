import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogHeader,
  DialogTitle,
  Kbd,
  Label,
  Switch,
} from "@medea/ui";
import { AREAS, isOpenTo } from "@/components/navigation";
import { useMe } from "@/lib/session";
import { modifierKey, setSingleKeysEnabled, useSingleKeysEnabled } from "@/lib/shortcuts";

interface ShortcutsDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

const GENERAL: [string, string][] = [
  [`${modifierKey} k`, "Go to anything"],
  ["/", "Go to anything"],
  ["c", "Create an agent"],
  ["?", "These shortcuts"],
];

const EDITOR: [string, string][] = [
  [`${modifierKey} s`, "Save the draft now"],
  ["Enter", "Send in the playground"],
];

export function ShortcutsDialog({ open, onOpenChange }: ShortcutsDialogProps) {
  const isEnabled = useSingleKeysEnabled();
  const me = useMe();
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>Keyboard shortcuts</DialogTitle>
          <DialogDescription>Two keys are pressed one after the other.</DialogDescription>
        </DialogHeader>
        <div className="grid gap-5">
          <ShortcutList title="Anywhere" items={GENERAL} />
          <ShortcutList
            title="Pages"
            items={AREAS.filter((area) => isOpenTo(me, area)).map((area): [string, string] => [
              area.keys,
              area.label,
            ])}
          />
          <ShortcutList title="Agent editor" items={EDITOR} />
          <div className="flex items-center justify-between gap-4 border-t pt-4">
            <Label htmlFor="single-keys" className="font-normal text-sm">
              Shortcuts without {modifierKey}
            </Label>
            <Switch id="single-keys" checked={isEnabled} onCheckedChange={setSingleKeysEnabled} />
          </div>
        </div>
      </DialogContent>
    </Dialog>
  );
}

function ShortcutList({ title, items }: { title: string; items: [string, string][] }) {
  return (
    <section>
      <h3 className="mb-1.5 font-medium text-muted-foreground text-xs">{title}</h3>
      <dl className="grid gap-1.5">
        {items.map(([keys, what]) => (
          <div key={keys} className="flex items-center justify-between text-sm">
            <dt>{what}</dt>
            <dd className="flex gap-1">
              {keys.split(" ").map((key) => (
                <Kbd key={key}>{key.length === 1 ? key.toUpperCase() : key}</Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
