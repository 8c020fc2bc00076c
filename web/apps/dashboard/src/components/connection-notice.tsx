import { Button, Notice } from "@medea/ui";
import { askAgain, useConnection } from "@/lib/connection";

/** Over every page while the server does not answer; what is shown then may be older. */
export function ConnectionNotice() {
  const connection = useConnection();
  return (
    <div role="status">
      {connection === "fine" ? null : (
        <Notice
          variant="warning"
          className="rounded-none border-0 px-4 sm:px-8"
          action={
            connection === "away" ? (
              <Button variant="outline" size="sm" onClick={() => void askAgain()}>
                Try now
              </Button>
            ) : null
          }
        >
          {connection === "offline"
            ? "This device is offline. What you see may be older."
            : "Medea does not answer. What you see may be older; it is tried again every few seconds."}
        </Notice>
      )}
    </div>
  );
}
