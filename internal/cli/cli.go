// Package cli is the command line: it reads arguments, calls the scanner, and chooses the exit code.
//
// Rules of output: the report goes to standard output, everything else to standard error with the prefix
// "middlebrick: ". Messages begin with a small letter and have no full stop; they say what happened, where, and what to do.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/middlebrick/middlebrick/internal/report"
	"github.com/middlebrick/middlebrick/internal/suggest"
	"github.com/middlebrick/middlebrick/scanner/finding"
)

// Version is the version of the program.
const Version = "0.1.0"

// The exit codes.
const (
	exitPass        = 0
	exitGate        = 1  // a finding reaches --fail-on
	exitUsage       = 2  // usage or configuration
	exitNothing     = 3  // nothing to scan, or the target is not reachable
	exitIncomplete  = 4  // --strict, and something was not read
	exitInternal    = 70 // a defect of middlebrick
	exitInterrupted = 130
)

// failure ends a command with an exit code. A hint says what to do about it.
type failure struct {
	code int
	err  error
	hint string
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

func usage(hint, format string, args ...any) error {
	return &failure{exitUsage, fmt.Errorf(format, args...), hint}
}

// command is one run of the program.
type command struct {
	in       io.Reader
	out, err io.Writer
	code     int
	color    string
	quiet    bool // nothing but the report and errors
	verbose  bool
	failOn   finding.Severity // of the run at hand; empty: never
	rules    []rule
}

// Main runs the program and returns its exit code.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) (code int) {
	c := &command{in: stdin, out: stdout, err: stderr}
	defer func() {
		if r := recover(); r != nil {
			c.say("internal error: %v", r)
			c.say("this is a defect of middlebrick %s, not of the scanned project; please report it with the lines below", Version)
			fmt.Fprintf(stderr, "%s", debug.Stack())
			code = exitInternal
		}
	}()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	c.rules = catalogue()
	root := c.root()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	if err := root.ExecuteContext(ctx); err != nil {
		return c.fail(ctx, err)
	}
	return c.code
}

func (c *command) fail(ctx context.Context, err error) int {
	if ctx.Err() != nil {
		c.say("interrupted: there is no report")
		return exitInterrupted
	}
	f := &failure{code: exitUsage, err: err, hint: "middlebrick --help lists commands and flags"}
	errors.As(err, &f)
	c.say("%s", f.err)
	if f.hint != "" {
		c.say("%s", f.hint)
	}
	return f.code
}

// tell says something that is no error; --quiet keeps it back.
func (c *command) tell(format string, args ...any) {
	if !c.quiet {
		c.say(format, args...)
	}
}

// say writes one line on standard error; no byte of it can steer a terminal.
func (c *command) say(format string, args ...any) {
	fmt.Fprintf(c.err, "middlebrick: %s\n", report.Plain(fmt.Sprintf(format, args...)))
}

func (c *command) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "middlebrick",
		Short:         "Find check-then-act races in FastAPI projects",
		Long:          rootHelp,
		Args:          c.unknownCommand,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.PersistentFlags().StringVar(&c.color, "color", "auto", "colour the output `WHEN`: auto, always or never")
	root.PersistentFlags().BoolVarP(&c.quiet, "quiet", "q", false, "say nothing but the report and errors")
	root.PersistentFlags().BoolVarP(&c.verbose, "verbose", "v", false, "say what is read, from where, and how long it takes")
	root.SetFlagErrorFunc(unknownFlag)
	root.AddCommand(c.scan(), c.fix())
	root.AddCommand(c.probing()...)
	root.AddCommand(c.editing()...)
	root.AddCommand(c.explain(), c.listRules(), c.showConfig(), c.baseline(), c.merge(), c.action(), c.completion(), c.man(), c.version())
	return root
}

const rootHelp = `middlebrick finds check-then-act races in FastAPI projects: a value is read, a decision is taken on it, and the act
that trusts the decision comes too late. It shows the two requests that collide, line by line, and what to write instead.

  middlebrick scan .             scan the project in this directory
  middlebrick explain MB102      say what a rule finds and how to repair it
  middlebrick fix .              show the changes that end the races

Exit codes: 0 pass, 1 a finding reaches --fail-on, 2 usage, 3 nothing to scan, 4 incomplete and --strict,
5 refused by a safety rule, 70 internal error.`

func (c *command) version() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(c.out, "middlebrick %s\n", Version)
			return err
		},
	}
}

func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage("", "%s takes no argument, got %q", cmd.Name(), args[0])
	}
	return nil
}

// unknownCommand helps those who leave out "scan" or mistype a command.
func (c *command) unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if _, err := os.Stat(args[0]); err == nil {
		return usage("did you mean: middlebrick scan "+args[0], "unknown command %q", args[0])
	}
	var names []string
	for _, sub := range cmd.Commands() {
		if !sub.Hidden {
			names = append(names, sub.Name())
		}
	}
	if near := suggest.Nearest(args[0], names); near != "" {
		return usage("did you mean: "+cmd.CommandPath()+" "+near, "unknown command %q", args[0])
	}
	return usage("the commands are "+strings.Join(names, ", "), "unknown command %q", args[0])
}
