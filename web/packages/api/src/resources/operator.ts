import type { ApiClient } from "../client.ts";
import type { DeadJobs, JobQueue, JobState } from "../types.ts";

export interface JobListQuery {
  state?: JobState;
  queue?: JobQueue;
  task?: string;
  tenant_id?: string;
  limit?: number;
  cursor?: string;
}

/** Looking after the jobs of all tenants; to others than operators none of it is there. */
export const operatorApi = (client: ApiClient) => {
  const { http } = client;
  const job = (job_id: string) => ({ params: { path: { job_id } } });
  return {
    jobs: (query: JobListQuery) =>
      client.body(http.GET("/v1/operator/jobs", { params: { query } })),
    job: (id: string) => client.body(http.GET("/v1/operator/jobs/{job_id}", job(id))),
    retry: (id: string) => client.body(http.POST("/v1/operator/jobs/{job_id}/retry", job(id))),
    purge: (id: string) => client.body(http.DELETE("/v1/operator/jobs/{job_id}", job(id))),
    retryDead: (body: DeadJobs) => client.body(http.POST("/v1/operator/jobs/retry", { body })),
    purgeDead: (body: DeadJobs) =>
      client.body(http.POST("/v1/operator/jobs/purge", { body: { older_than_hours: 0, ...body } })),
    queues: () => client.body(http.GET("/v1/operator/queues")),
    processes: () => client.body(http.GET("/v1/operator/processes")),
  };
};
