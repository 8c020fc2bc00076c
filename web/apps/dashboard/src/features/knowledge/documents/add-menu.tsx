import {
  Button,
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from "@medea/ui";
import { ChevronDown, Globe, MessageCircleQuestion, Network, Plus, Text } from "lucide-react";

export type Adding = "text" | "answer" | "page" | "sitemap";

const WAYS = [
  { way: "text", label: "Paste text", icon: Text },
  { way: "answer", label: "Question and answer", icon: MessageCircleQuestion },
  { way: "page", label: "Web page", icon: Globe },
  { way: "sitemap", label: "Sitemap of a website", icon: Network },
] as const;

interface AddMenuProps {
  onChoose: (way: Adding) => void;
  size?: "sm" | "default";
}

/** Everything besides files that a document can be made from. */
export function AddMenu({ onChoose, size = "default" }: AddMenuProps) {
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="outline" size={size}>
          <Plus />
          Add something else
          <ChevronDown className="text-muted-foreground" />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        {WAYS.map(({ way, label, icon: Icon }) => (
          <DropdownMenuItem key={way} onSelect={() => onChoose(way)}>
            <Icon aria-hidden="true" />
            {label}
          </DropdownMenuItem>
        ))}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
