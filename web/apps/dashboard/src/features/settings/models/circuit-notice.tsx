import type { OpenCircuit, Provider } from "@medea/api";
import { Notice } from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { healthQuery } from "../queries";

/** What is left alone of a company's own providers and the installation's. */
export function OwnCircuits({ providers }: { providers: Provider[] }) {
  const health = useQuery(healthQuery);
  return (
    <CircuitNotice
      circuits={health.data?.data ?? []}
      nameOf={(provider) => nameOf(provider, providers)}
    />
  );
}

export interface CircuitNoticeProps {
  circuits: OpenCircuit[];
  nameOf: (provider: string) => string;
}

/** What is left alone because it kept failing, with when it is tried again. */
export function CircuitNotice({ circuits, nameOf }: CircuitNoticeProps) {
  if (circuits.length === 0) return null;
  return (
    <Notice variant="warning" role="status" title="Some models are left alone for a moment">
      <p>They kept failing. Agents with further models use those meanwhile.</p>
      <ul className="mt-2 list-disc pl-5">
        {circuits.map((circuit) => (
          <li key={`${circuit.provider}/${circuit.model}`}>
            {sentence(circuit, nameOf(circuit.provider))}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

export function nameOf(id: string, providers: Provider[]): string {
  if (id === "offline") return "Built in";
  if (id === "platform") return "This installation";
  return providers.find((provider) => provider.id === id)?.name ?? "Your provider";
}

function sentence(circuit: OpenCircuit, provider: string): string {
  const what = circuit.model === null ? `${provider}, which cannot be reached` : circuit.model;
  const where = circuit.model === null ? "" : ` of ${provider}`;
  const next =
    circuit.seconds > 0
      ? `tried again in ${Math.ceil(circuit.seconds)} s`
      : "tried again with the next question";
  return `${what}${where}: failed ${circuit.failures} times in a row, ${next}.`;
}
