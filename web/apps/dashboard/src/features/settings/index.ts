export { GeneralPage } from "./general-page";
export { IdentityPage } from "./identity-page";
export { CircuitNotice } from "./models/circuit-notice";
export { EntryDialog } from "./models/entry-dialog";
export { ModelFigures, ModelName, ModelSwitch, ModelTable } from "./models/model-table";
export { ModelsPage } from "./models-page";
export { ProfilePage } from "./profile-page";
export { SessionsPage } from "./sessions-page";
export { SettingsLayout } from "./settings-layout";
