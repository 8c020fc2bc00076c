import type { Role } from "@medea/api";
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "@/lib/api";
import { meQuery } from "@/lib/session";

export const membersQuery = queryOptions({
  queryKey: ["members"] as const,
  queryFn: () => api.members.list(),
});

export const invitationsQuery = queryOptions({
  queryKey: ["invitations"] as const,
  queryFn: () => api.members.invitations(),
});

export function useChangeRole() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, role }: { id: string; role: Role }) => api.members.update(id, { role }),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: membersQuery.queryKey }),
        // It may have been one's own role.
        client.invalidateQueries({ queryKey: meQuery.queryKey }),
      ]),
  });
}

export function useRemoveMember() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.members.remove(id),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: membersQuery.queryKey }),
        client.invalidateQueries({ queryKey: meQuery.queryKey }),
      ]),
  });
}

export function useInvite() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { email: string; role: Role }) => api.members.invite(body),
    onSuccess: () => client.invalidateQueries({ queryKey: invitationsQuery.queryKey }),
  });
}

export function useRevokeInvitation() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.members.revokeInvitation(id),
    onSuccess: () => client.invalidateQueries({ queryKey: invitationsQuery.queryKey }),
  });
}
