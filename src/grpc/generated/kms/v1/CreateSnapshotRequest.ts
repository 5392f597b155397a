// Original file: proto/kms/v1/admin_service.proto


export interface CreateSnapshotRequest {
}

export interface CreateSnapshotRequest__Output {
}
