import {
  FileCode2,
  FileSpreadsheet,
  FileText,
  Globe,
  type LucideIcon,
  MessageCircleQuestion,
  Presentation,
} from "lucide-react";

const KINDS: Record<string, { label: string; icon: LucideIcon }> = {
  pdf: { label: "PDF", icon: FileText },
  docx: { label: "Word", icon: FileText },
  pptx: { label: "PowerPoint", icon: Presentation },
  xlsx: { label: "Excel", icon: FileSpreadsheet },
  csv: { label: "CSV", icon: FileSpreadsheet },
  markdown: { label: "Markdown", icon: FileCode2 },
  md: { label: "Markdown", icon: FileCode2 },
  text: { label: "Text", icon: FileText },
  txt: { label: "Text", icon: FileText },
  html: { label: "HTML", icon: FileCode2 },
  web: { label: "Web page", icon: Globe },
  web_page: { label: "Web page", icon: Globe },
  page: { label: "Web page", icon: Globe },
  answer: { label: "Answer", icon: MessageCircleQuestion },
  qa: { label: "Answer", icon: MessageCircleQuestion },
  question_answer: { label: "Answer", icon: MessageCircleQuestion },
};

export const kindOf = (kind: string): { label: string; icon: LucideIcon } =>
  KINDS[kind] ?? { label: kind ? kind.toUpperCase() : "Document", icon: FileText };

/** What the file picker offers; the server decides by content, not by name. */
export const ACCEPTED =
  ".pdf,.docx,.pptx,.xlsx,.csv,.md,.markdown,.txt,.html,.htm,application/pdf,text/plain,text/markdown,text/html,text/csv";
