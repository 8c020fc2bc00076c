import {
  FormField,
  Input,
  Select,
  SelectContent,
  SelectItem,
  SelectTrigger,
  SelectValue,
} from "@medea/ui";
import { PageLimit } from "../sources/page-limit";
import { SCHEDULES } from "../sources/schedule";
import { AddForm, type FormProps } from "./add-form";

const isWebAddress = (value: string): string | true => {
  try {
    return /^https?:$/u.test(new URL(value.trim()).protocol) || "Begin with https:// or http://.";
  } catch {
    return "Enter a whole address, such as https://example.com/help.";
  }
};

export function PageForm(props: FormProps) {
  return (
    <AddForm
      {...props}
      title="Web page"
      description="The page becomes a document, and stays as current as you want."
      submitLabel="Add page"
      done="The page is being fetched"
      values={{ url: "", schedule: "168" }}
      toInput={({ url, schedule }) => ({ url: url.trim(), ...everyHours(schedule) })}
    >
      {(form, errorOf) => (
        <>
          <FormField label="Address" error={errorOf("url")}>
            <Input
              autoFocus
              type="url"
              inputMode="url"
              autoComplete="off"
              placeholder="https://example.com/help/returns"
              {...form.register("url", { validate: isWebAddress })}
            />
          </FormField>
          <ScheduleField
            value={form.watch("schedule")}
            onChange={(schedule) => form.setValue("schedule", schedule)}
          />
        </>
      )}
    </AddForm>
  );
}

export function SitemapForm(props: FormProps) {
  return (
    <AddForm
      {...props}
      title="Sitemap of a website"
      description="The pages that the sitemap lists become documents; new and removed pages follow."
      submitLabel="Add website"
      done="The sitemap is being fetched"
      values={{ sitemap: "", schedule: "168", pages: "200" }}
      toInput={({ sitemap, schedule, pages }) => ({
        sitemap: sitemap.trim(),
        max_pages: Number(pages),
        ...everyHours(schedule),
      })}
    >
      {(form, errorOf) => (
        <>
          <FormField
            label="Address of the sitemap"
            hint="Usually /sitemap.xml of the website."
            error={errorOf("sitemap")}
          >
            <Input
              autoFocus
              type="url"
              inputMode="url"
              autoComplete="off"
              placeholder="https://example.com/sitemap.xml"
              {...form.register("sitemap", { validate: isWebAddress })}
            />
          </FormField>
          <FormField
            label="Pages at most"
            hint="In the order of the sitemap. You can change this under Sources."
          >
            <PageLimit
              value={Number(form.watch("pages"))}
              onChange={(pages) => form.setValue("pages", String(pages))}
            />
          </FormField>
          <ScheduleField
            value={form.watch("schedule")}
            onChange={(schedule) => form.setValue("schedule", schedule)}
          />
        </>
      )}
    </AddForm>
  );
}

const everyHours = (schedule: string): { refresh_hours?: number } =>
  schedule === "never" ? {} : { refresh_hours: Number(schedule) };

interface ScheduleFieldProps {
  value: string;
  onChange: (value: string) => void;
}

function ScheduleField({ value, onChange }: ScheduleFieldProps) {
  return (
    <FormField label="Read again" hint="You can change this under Sources.">
      <Select value={value} onValueChange={onChange}>
        <SelectTrigger>
          <SelectValue />
        </SelectTrigger>
        <SelectContent>
          {SCHEDULES.map((schedule) => (
            <SelectItem key={schedule.value} value={schedule.value}>
              {schedule.label}
            </SelectItem>
          ))}
        </SelectContent>
      </Select>
    </FormField>
  );
}
