// Original file: proto/kms/v1/job_service.proto


export interface ListSourcesRequest {
}

export interface ListSourcesRequest__Output {
}
