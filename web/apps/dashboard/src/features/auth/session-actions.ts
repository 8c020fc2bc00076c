/** Log in, log out, switch: everything that replaces the session. */
import type { Me, SignupInput } from "@medea/api";
import { useMutation } from "@tanstack/react-query";
import { useNavigate, useRouter } from "@tanstack/react-router";
import { api } from "@/lib/api";
import { queryClient } from "@/lib/query-client";
import { applySession, meQuery } from "@/lib/session";
import { safeReturnPath } from "./return-path";

/** What follows every successful way in: put the session in force and go where one wanted to. */
function useEnter(next: string | undefined) {
  const router = useRouter();
  return async (me: Me) => {
    applySession(me);
    await router.invalidate();
    router.history.push(safeReturnPath(next));
  };
}

export function useLogin(next: string | undefined) {
  const enter = useEnter(next);
  return useMutation({
    mutationFn: async (body: { email: string; password: string }) => {
      const me = await api.auth.login(body);
      await enter(me);
    },
  });
}

export function useSignup(next: string | undefined) {
  const enter = useEnter(next);
  return useMutation({
    mutationFn: async (body: SignupInput) => {
      const me = await api.auth.signup(body);
      await enter(me);
    },
  });
}

export function useAcceptInvitation() {
  const enter = useEnter(undefined);
  return useMutation({
    mutationFn: async (token: string) => enter(await api.members.acceptInvitation(token)),
  });
}

export function useRegisterInvitation() {
  const enter = useEnter(undefined);
  return useMutation({
    mutationFn: async (body: { token: string; name: string; password: string }) =>
      enter(await api.members.registerInvitation(body)),
  });
}

/** `stay` where the page itself knows what to show a stranger. */
export function useLogout({ stay = false } = {}) {
  const navigate = useNavigate();
  return useMutation({
    mutationFn: () => api.auth.logout(),
    // Also after a failure: who asks to leave must not stay on a page full of data.
    onSettled: async () => {
      // First the session, so that the log-in page lets a stranger in; the rest of the cache when
      // nothing on screen reads it any more.
      queryClient.setQueryData(meQuery.queryKey, null);
      if (!stay) await navigate({ to: "/login" });
      applySession(null);
    },
  });
}

export function useSwitchTenant() {
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (tenantId: string) => api.auth.switchTenant(tenantId),
    onSuccess: async (me) => {
      await navigate({ to: "/dashboard" });
      applySession(me);
    },
  });
}
