import type { ApiClient } from "../client.ts";
import type { DeadJobs, JobQueue, JobState, ModelEntryChange } from "../types.ts";

export interface JobListQuery {
  state?: JobState;
  queue?: JobQueue;
  task?: string;
  tenant_id?: string;
  limit?: number;
  cursor?: string;
}

/** Looking after the jobs of all tenants and the platform's models; to others than operators none of it is there. */
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
    models: () => client.body(http.GET("/v1/operator/models")),
    describeModel: (model: string, body: ModelEntryChange) =>
      client.body(
        http.PATCH("/v1/operator/models/{model_name}", {
          params: { path: { model_name: model } },
          // every member is optional: what is left out stays
          body: body as Required<ModelEntryChange>,
        }),
      ),
    circuits: () => client.body(http.GET("/v1/operator/circuits")),
    processes: () => client.body(http.GET("/v1/operator/processes")),
  };
};
