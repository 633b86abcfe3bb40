package schema

import (
	"fmt"
	"strconv"
	"strings"
)

// workersFact is one statement about the number of processes.
type workersFact struct {
	count   int // 0 when it is not a number
	several bool
	stated  bool // by an option, not by a default
	test    bool
	why     string
	place   Place
}

func (f *facts) work(w workersFact) {
	w.several = w.several || w.count > 1
	w.test = isTestPath(w.place.Path)
	f.workers = append(f.workers, w)
}

// command reads a shell command for the number of processes that a server is told to run.
func (f *facts) command(line string, place Place) {
	if len(line) > 1<<14 {
		return
	}
	server := ""
	words := strings.Fields(strings.NewReplacer(`"`, " ", "'", " ", ",", " ", "[", " ", "]", " ", "&&", " && ", ";", " ; ", "=", " ").Replace(line))
	for i, w := range words {
		switch name := w[strings.LastIndexByte(w, '/')+1:]; name {
		case "uvicorn", "gunicorn", "hypercorn", "granian", "fastapi":
			if server != "gunicorn" { // gunicorn -k uvicorn.workers.UvicornWorker
				server = name
			}
			continue
		case "&&", ";", "||", "|":
			if server != "" {
				f.serverDefault(server, line, place)
			}
			server = ""
			continue
		}
		short := w == "-w" && server != "uvicorn" && server != "fastapi"
		if server == "" || w != "--workers" && !short || i+1 == len(words) {
			continue
		}
		f.workersOption(server, words[i+1], place)
		return
	}
	if server != "" {
		f.serverDefault(server, line, place)
	}
}

func (f *facts) workersOption(server, value string, place Place) {
	value = f.expand(value, 0)
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || n > 10_000 {
		f.work(workersFact{several: true, stated: true, place: place, why: fmt.Sprintf("%s is started with a computed number of workers (%s)", server, value)})
		return
	}
	f.work(workersFact{count: n, stated: true, place: place, why: fmt.Sprintf("%s is started with %d %s", server, n, plural(n, "worker"))})
}

func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

func (f *facts) serverDefault(server, line string, place Place) {
	if strings.Contains(line, "--reload") || server == "fastapi" && strings.Contains(line, "fastapi dev") || strings.Contains(line, "pip install") {
		return // a development server says nothing about the deployment
	}
	f.work(workersFact{count: 1, place: place, why: server + " is started without a number of workers, which means one"})
}

func (f *facts) procfile(c Config) {
	lines(c.Data, func(n int, line string) {
		if process, command, ok := strings.Cut(line, ":"); ok && !isQueueWorker(process, command) {
			f.command(command, Place{c.Path, n})
		}
	})
}

func (f *facts) script(c Config) {
	lines(c.Data, func(n int, line string) {
		if !strings.HasPrefix(strings.TrimSpace(line), "#") {
			f.command(line, Place{c.Path, n})
		}
	})
}

// isQueueWorker tells that a process takes jobs from a queue and serves no requests.
func isQueueWorker(name, command string) bool {
	if name == "beat" || name == "flower" {
		return true
	}
	for _, tool := range []string{"celery", "dramatiq", "arq ", "rq worker", "taskiq", "huey"} {
		if strings.Contains(command, tool) {
			return true
		}
	}
	return false
}

// workers weighs what was said about processes: the largest stated number of the application counts.
func (f *facts) workersInfo() WorkersInfo {
	for _, name := range []string{"WEB_CONCURRENCY", "UVICORN_WORKERS", "GUNICORN_WORKERS"} {
		if e := f.envBest(name); e != nil && !e.test {
			f.workersOption(name, e.value, e.place)
		}
	}
	best := workersFact{}
	for _, w := range f.workers {
		if !w.test && w.weight() > best.weight() {
			best = w
		}
	}
	return WorkersInfo{Count: best.count, Several: best.several, Known: best.stated, Why: best.why, From: best.place}
}

func (w workersFact) weight() int {
	switch {
	case w.why == "":
		return -1
	case w.several:
		return 100_000 + w.count
	case w.stated:
		return 2
	}
	return 1
}
