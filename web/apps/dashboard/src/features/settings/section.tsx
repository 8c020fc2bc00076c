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
      <CardHeader>
        <div className="grid gap-1">
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
