package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/middlebrick/middlebrick/internal/cli"
)

const editorProject = `from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

factory = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/x"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Ticket(Base):
    __tablename__ = "tickets"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]


async def session():
    async with factory() as db:
        yield db


@app.post("/tickets/{ticket_id}/close")
async def close(ticket_id: int, db: AsyncSession = Depends(session)):
    ticket = await db.get(Ticket, ticket_id)
    if ticket.state != "open":
        raise HTTPException(409)
    ticket.state = "closed"
    await db.commit()
`

// editorFolder is a project with one race that has a repair.
func editorFolder(t *testing.T) (dir, file string) {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(dir, "main.py")
	if err := os.WriteFile(file, []byte(editorProject), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir, file
}

// TestLanguageServer plays an editor: the race is shown, told of over its line, repaired, and gone after the file is saved.
func TestLanguageServer(t *testing.T) {
	dir, file := editorFolder(t)
	in, toServer := io.Pipe()
	fromServer, out := io.Pipe()
	code := make(chan int, 1)
	var said bytes.Buffer
	go func() { code <- cli.Main([]string{"lsp"}, in, out, &said) }()
	r := bufio.NewReader(fromServer)
	write := func(body string) {
		t.Helper()
		if _, err := fmt.Fprintf(toServer, "Content-Length: %d\r\n\r\n%s", len(body), body); err != nil {
			t.Fatal(err, said.String())
		}
	}
	read := func(mark string) string { // the next message with the mark
		t.Helper()
		for {
			var n int
			if _, err := fmt.Fscanf(r, "Content-Length: %d\r\n\r\n", &n); err != nil {
				t.Fatal(err, said.String())
			}
			body := make([]byte, n)
			if _, err := io.ReadFull(r, body); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(body), mark) {
				return string(body)
			}
		}
	}
	uri := "file://" + file
	at := `{"textDocument":{"uri":"` + uri + `"},"position":{"line":26,"character":8},"range":{"start":{"line":26,"character":0},"end":{"line":26,"character":0}},"context":{"diagnostics":[]}}`
	write(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"workspaceFolders":[{"uri":"file://` + dir + `","name":"p"}],
		"capabilities":{"textDocument":{"publishDiagnostics":{"relatedInformation":true}}}}}`)
	read(`"id":1`)
	write(`{"jsonrpc":"2.0","method":"initialized","params":{}}`)
	if shown := read("publishDiagnostics"); !strings.Contains(shown, `"code":"MB107"`) || !strings.Contains(shown, "A reads: ticket = await db.get(Ticket, ticket_id)") {
		t.Errorf("diagnostics: %s", shown)
	}
	write(`{"jsonrpc":"2.0","id":2,"method":"textDocument/hover","params":` + at + `}`)
	if told := read(`"id":2`); !strings.Contains(told, "```text") || !strings.Contains(told, "A  POST /tickets/{ticket_id}/close") || !strings.Contains(told, "with_for_update") {
		t.Errorf("hover: %s", told)
	}
	write(`{"jsonrpc":"2.0","id":3,"method":"textDocument/codeAction","params":` + at + `}`)
	var answer struct {
		Result []struct {
			Edit struct {
				Changes map[string][]struct{ NewText string }
			}
		}
	}
	if err := json.Unmarshal([]byte(read(`"id":3`)), &answer); err != nil || len(answer.Result) == 0 {
		t.Fatalf("no verified repair: %v %+v", err, answer)
	}
	edits := answer.Result[0].Edit.Changes[uri]
	if len(edits) != 1 || !strings.Contains(edits[0].NewText, "with_for_update=True") {
		t.Fatalf("edits: %+v", answer)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(editorProject, "    ticket = await db.get(Ticket, ticket_id)\n", edits[0].NewText, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	write(`{"jsonrpc":"2.0","method":"textDocument/didSave","params":` + at + `}`)
	if shown := read("publishDiagnostics"); !strings.Contains(shown, `"diagnostics":[]`) {
		t.Errorf("after the repair: %s", shown)
	}
	write(`{"jsonrpc":"2.0","id":4,"method":"shutdown"}`)
	read(`"id":4`)
	write(`{"jsonrpc":"2.0","method":"exit"}`)
	if got := <-code; got != 0 || said.Len() > 0 {
		t.Errorf("exit code %d, said %q", got, said.String())
	}
}

// inNeovim is what is done in the editor: wait for the race, look at the window over its line, take the repair, save, and wait until it is gone.
const inNeovim = `
local function fail(what) io.stderr:write(what .. "\n"); vim.cmd("cquit 1") end
local file, program = vim.env.RACE_FILE, vim.env.RACE_PROGRAM
vim.cmd("edit " .. file)
local client = vim.lsp.start_client({ name = "middlebrick", cmd = { program, "lsp" }, root_dir = vim.env.RACE_DIR,
	workspace_folders = { { uri = vim.uri_from_fname(vim.env.RACE_DIR), name = "p" } } })
if not client or not vim.lsp.buf_attach_client(0, client) then fail("no client") end
if not vim.wait(60000, function() return #vim.diagnostic.get(0) > 0 end) then fail("no diagnostics") end
local d = vim.diagnostic.get(0)[1]
print("shown " .. d.lnum .. " " .. tostring(d.code) .. " " .. d.source)
local at = { textDocument = { uri = vim.uri_from_bufnr(0) }, position = { line = d.lnum, character = d.col } }
local answers = vim.lsp.buf_request_sync(0, "textDocument/hover", at, 60000)
if not answers or not answers[client].result then fail("no hover") end
for line in answers[client].result.contents.value:gmatch("[^\n]+") do print("hover " .. line) end
at.range = { start = at.position, ["end"] = at.position }
at.context = { diagnostics = {} }
answers = vim.lsp.buf_request_sync(0, "textDocument/codeAction", at, 120000)
local action = answers and answers[client].result and answers[client].result[1]
if not action then fail("no code action") end
print("action " .. action.title)
if not action.edit then
	answers = vim.lsp.buf_request_sync(0, "codeAction/resolve", action, 120000)
	action = answers and answers[client].result
	if not action or not action.edit then fail("not resolved") end
end
vim.lsp.util.apply_workspace_edit(action.edit, "utf-16")
vim.cmd("write")
if not vim.wait(60000, function() return #vim.diagnostic.get(0) == 0 end) then fail("still shown") end
print("gone")
vim.lsp.stop_client(client)
vim.wait(2000, function() return vim.lsp.client_is_stopped(client) end)
vim.cmd("qall!")
`

// TestNeovim does the same in a real editor.
func TestNeovim(t *testing.T) {
	nvim, err := exec.LookPath("nvim")
	if err != nil {
		t.Skip("NOT TESTED: Neovim is not installed, so the language server meets no real editor")
	}
	dir, file := editorFolder(t)
	home := t.TempDir()
	program := filepath.Join(home, "middlebrick")
	self, err := os.Executable() // TestMain makes the test binary the program when it is called by that name
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, program); err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(home, "race.lua")
	if err := os.WriteFile(script, []byte(inNeovim), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), nvim, "--headless", "-u", "NONE", "-n", "-i", "NONE", "-c", "luafile "+script)
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_STATE_HOME="+home, "XDG_CACHE_HOME="+home, "RACE_FILE="+file, "RACE_DIR="+dir, "RACE_PROGRAM="+program)
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	text := strings.ReplaceAll(string(out), "\r", "")
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for _, want := range []string{"shown 26 MB107 middlebrick", "A  POST /tickets/{ticket_id}/close", "action middlebrick: lock the row with the first load", "gone"} {
		if !strings.Contains(text, want) {
			t.Errorf("Neovim did not say %q:\n%s", want, text)
		}
	}
	saved, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(saved), "db.get(Ticket, ticket_id, with_for_update=True)") {
		t.Errorf("what was saved: %v\n%s", err, saved)
	}
}
