export { ConversationPage } from "./conversation-page";
export { ConversationsPage } from "./conversations-page";
export { type ConversationFilters, readFilters } from "./filters";
export { conversationListQuery } from "./queries";
export { HeldCount } from "./reviews/held-count";
