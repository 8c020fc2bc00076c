import { Card, CardContent, CardDescription, CardFooter, CardHeader, CardTitle } from "@medea/ui";
import type { ReactNode } from "react";

export interface SectionProps {
  title: string;
  description?: ReactNode;
  action?: ReactNode;
  footer?: ReactNode;
  children: ReactNode;
}

/** One subject of the settings: what it is, its fields, and what to do with them. */
export function Section({ title, description, action, footer, children }: SectionProps) {
  return (
    <Card>
      <CardHeader className="flex flex-wrap items-start justify-between gap-y-3">
        <div className="grid min-w-0 flex-1 basis-56 gap-1">
          <CardTitle>{title}</CardTitle>
          {description ? <CardDescription>{description}</CardDescription> : null}
        </div>
        {action}
      </CardHeader>
      <CardContent>{children}</CardContent>
      {footer ? <CardFooter className="justify-end">{footer}</CardFooter> : null}
    </Card>
  );
}
