package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/middlebrick/middlebrick/internal/report"
)

const configLong = `Config prints each setting that counts for PATH, the current directory without one, and where it comes from: the file and
line, or "default". Settings stand in middlebrick.toml, or in the table [tool.middlebrick] of pyproject.toml; the file nearest
above PATH counts. docs/configuration.md describes them.`

// bindConfig binds the flags that choose the configuration.
func (f *scanFlags) bindConfig(flags *pflag.FlagSet) {
	flags.StringVar(&f.config, "config", "", "read the configuration from `FILE`")
	flags.BoolVar(&f.noConfig, "no-config", false, "read no configuration file")
}

func (c *command) showConfig() *cobra.Command {
	f := &scanFlags{}
	cmd := &cobra.Command{
		Use: "config [PATH]", Short: "Print each setting and where it comes from", Long: configLong,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage("", "config takes one path, got %d", len(args))
			}
			paths := append(args, ".")[:1]
			root, _, err := locate(paths)
			if err != nil {
				return err
			}
			set, _, err := c.configure(f, root)
			if err != nil {
				return err
			}
			var b strings.Builder
			for _, s := range set.Settings() {
				fmt.Fprintf(&b, "%-17s %-34s # %s\n", s.Name+" =", report.Plain(s.Value), report.Plain(s.From))
			}
			_, err = io.WriteString(c.out, b.String())
			return err
		},
	}
	f.bindConfig(cmd.Flags())
	return cmd
}
