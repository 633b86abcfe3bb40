// Command middlebrick finds check-then-act races in FastAPI projects.
package main

import (
	"os"

	"github.com/middlebrick/middlebrick/internal/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
