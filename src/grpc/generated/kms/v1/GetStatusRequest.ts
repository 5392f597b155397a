// Original file: proto/kms/v1/admin_service.proto


export interface GetStatusRequest {
}

export interface GetStatusRequest__Output {
}
