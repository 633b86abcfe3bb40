package cli

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/middlebrick/middlebrick/internal/suggest"
)

// unknownFlag says which flag was probably meant.
func unknownFlag(cmd *cobra.Command, err error) error {
	_, name, ok := strings.Cut(err.Error(), "unknown flag: --")
	if !ok {
		return usage("middlebrick "+cmd.Name()+" --help lists the flags", "%s", err)
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if near := suggest.Nearest(name, names); near != "" {
		return usage("did you mean --"+near, "unknown flag --%s", name)
	}
	return usage("middlebrick "+cmd.Name()+" --help lists the flags", "unknown flag --%s", name)
}
