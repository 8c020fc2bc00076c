interface AvatarProps {
  title: string | null;
  size: "small" | "medium" | "large";
}

/** First letter as the visitor sees it, which may be more than one code unit. */
const initial = (title: string): string => [...title.trim()][0]?.toUpperCase() ?? "";

/** The assistant's initial on its colour. Says nothing that the title beside it does not. */
export function Avatar({ title, size }: AvatarProps) {
  return (
    <span className={`avatar avatar-${size}`} aria-hidden="true">
      {title ? initial(title) : ""}
    </span>
  );
}
