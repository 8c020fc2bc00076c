import type { Webhook } from "@medea/api";

/** What a webhook is called: as somebody described it, or by its host. */
export const nameOf = ({ description, url }: Webhook): string =>
  description || (URL.canParse(url) ? new URL(url).host : url);
