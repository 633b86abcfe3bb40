package action

import "os"

// ownerOf does nothing: there is no root that writes into the workspace of somebody else.
func ownerOf(*os.Root) func(name string) error { return func(string) error { return nil } }
