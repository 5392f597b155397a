// Original file: proto/kms/v1/search_service.proto


export interface RecordFeedbackResponse {
}

export interface RecordFeedbackResponse__Output {
}
