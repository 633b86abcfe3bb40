package action

// UploadStatus is the output upload-status: what became of the upload to code scanning.
type UploadStatus string

// The statuses. Every one but Uploaded and Pending means that code scanning has nothing of this run.
const (
	Uploaded          UploadStatus = "uploaded"
	Pending           UploadStatus = "pending"             // accepted, but the platform had not finished when we stopped waiting
	UploadOff         UploadStatus = "off"                 // upload: never
	SkippedFork       UploadStatus = "skipped-fork"        // the token of a fork's pull request is read-only
	SkippedDependabot UploadStatus = "skipped-dependabot"  // so is that of a run that Dependabot started
	SkippedMergeQueue UploadStatus = "skipped-merge-queue" // the ref of a merge group vanishes before it is processed
	SkippedNoToken    UploadStatus = "skipped-no-token"    // the input token is empty
	SkippedRef        UploadStatus = "skipped-ref"         // the run belongs to no branch, tag or pull request
	SkippedIncomplete UploadStatus = "skipped-incomplete"  // a partial result would close the alerts of what was not read
	NotPermitted      UploadStatus = "not-permitted"       // security-events: write is missing
	NotEnabled        UploadStatus = "not-enabled"         // code scanning is off
	RateLimited       UploadStatus = "rate-limited"
	UploadFailed      UploadStatus = "failed"
)

// reasons say in one line why an upload was not tried, and what to do.
var reasons = map[UploadStatus]string{
	UploadOff:         "not uploaded: upload is never",
	SkippedFork:       "not uploaded: the token of a pull request from a fork is read-only, whatever the workflow says; findings are shown as annotations and in the summary",
	SkippedDependabot: "not uploaded: the token of a run that Dependabot started is read-only; findings are shown as annotations and in the summary",
	SkippedMergeQueue: "not uploaded: the ref of a merge group is gone before code scanning reads it; the push to the branch uploads",
	SkippedNoToken:    "not uploaded: the input token is empty; leave it out to use the token of the workflow",
	SkippedRef:        "not uploaded: the run belongs to no branch, tag or pull request",
	SkippedIncomplete: "not uploaded: some files were not analysed, and code scanning would close their alerts as fixed; mend or exclude the files, or set fail-on-incomplete: false",
}
