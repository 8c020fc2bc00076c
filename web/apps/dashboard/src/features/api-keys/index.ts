export { ApiKeysPage } from "./api-keys-page";
export { CreateKeyDialog, type CreateKeyDialogProps } from "./create-key-dialog";
export { apiKeysQuery } from "./queries";
