package effects

import (
	"maps"
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// What leaves the process and cannot be taken back: payments, mails, remote calls, jobs; and what runs after the response.

var external = Library{
	Funcs: []Named{
		{"asyncio.sleep", sleeps}, {"anyio.sleep", sleeps},
		{"smtplib.SMTP.send_message", sends("mail")}, {"aiosmtplib.send", sends("mail")},
		{"resend.Emails.send", sends("mail")}, {"resend.Emails.send_async", sends("mail")},
	},
	Classes: []Class{
		{"fastapi.BackgroundTasks", "background"}, {"fastapi.background.BackgroundTasks", "background"}, {"fastapi.applications.FastAPI", "app"}, {"fastapi.FastAPI", "app"}, {"fastapi.Request", "request"}, {"fastapi.requests.Request", "request"},
		{"fastapi.WebSocket", "socket"}, {"fastapi.websockets.WebSocket", "socket"}, {"fastapi.APIRouter", "router"},
		{"functools.partial", "partial"}, {"smtplib.SMTP", "mail"}, {"fastapi_mail.FastMail", "mail"},
		{"smtplib.SMTP_SSL", "mail"}, {"aiosmtplib.SMTP", "mail"}, {"sendgrid.SendGridAPIClient", "mail"},
	},
	Methods: []Family{
		{"background", []Named{{"add_task", addTask}}},
		{"mail", []Named{{"send_message", sends("mail")}, {"sendmail", sends("mail")}, {"send", sends("mail")}}},
		{"socket", []Named{{"send_text", sends("message")}, {"send_json", sends("message")}, {"send_bytes", sends("message")}, {"accept", turn}}},
	},
	Attrs: []Getter{{"app", appAttr}, {"request", requestAttr}, {"socket", requestAttr}},
	Enter: []Enter{{"mail", enterSession}},
	Exit:  []Exit{{"mail", func(*World, *Value, bool) {}}},
	Shape: externalShape,
}

func sends(kind string) Model {
	return func(c *Call) *Value {
		op := Op{External: kind, Target: c.Name}
		op.Own().Told = told(c)
		op.Kind = interleave.Effect
		op.From = c.Deps().Ints()
		i := c.Emit(op)
		c.passes()
		v := Opaque(kind+" answer", Dep(i))
		return v
	}
}

// told names what a call is given, nested data included: whom and what an effect is about.
func told(c *Call) []string {
	var out []string
	var seen Seen
	var add func(v *Value, depth int)
	add = func(v *Value, depth int) {
		if v == nil || depth > 4 || len(out) > 64 || seen.Again(v, depth) {
			return
		}
		if v.Sym != "" {
			out = append(out, v.Sym)
		}
		if v.KeyOf() != nil {
			out = append(out, v.KeyOf().Key)
		}
		for _, it := range v.Items {
			add(it, depth+1)
		}
		for _, p := range v.Pairs {
			add(p.Value, depth+1)
		}
		if v.Kind == ExtObject && v.Obj != nil { // what a message is made of: Message(body)
			for _, a := range v.Obj.Args {
				add(a, depth+1)
			}
			for _, name := range slices.Sorted(maps.Keys(v.Obj.Kw)) {
				add(v.Obj.Kw[name], depth+1)
			}
		}
	}
	for _, a := range c.Args {
		add(a, 0)
	}
	for _, k := range c.Kw {
		add(k.Value, 0)
	}
	return out
}

// passes records that time passes until somebody elsewhere has answered. Only what is awaited lets other requests of the process
// run meanwhile: where it is, and not where the call is only prepared, to be awaited later or by a task.
func (c *Call) passes() {
	if !c.Await && c.prepares() {
		return
	}
	if c.Await || c.Recv != nil && c.Recv.Obj != nil && strings.Contains(strings.ToLower(c.Recv.Obj.Qual), "async") ||
		c.Recv != nil && c.Recv.Obj != nil && strings.HasPrefix(c.Recv.Obj.Qual, "aiohttp") {
		c.Waits(c.patience())
		return
	}
	op := Op{Op: interleave.Op{Kind: interleave.Suspend}, Long: true, Blocking: true}
	op.lasts(c.patience())
	c.Emit(op)
}

// turn gives way to others and waits for nothing that takes time.
func turn(c *Call) *Value {
	c.Suspend(false)
	return None
}

func sleeps(c *Call) *Value {
	if !c.Await {
		return nil
	}
	seconds, _ := Seconds(c.Arg(0, "delay"))
	c.Waits(seconds)
	return None
}

// prepares tells whether a call of a client that is not awaited sends nothing yet.
func (c *Call) prepares() bool {
	return c.Recv != nil && c.Recv.Obj != nil && strings.HasPrefix(c.Recv.Obj.Qual, "httpx.Async")
}

func addTask(c *Call) *Value {
	if len(c.Args) == 0 {
		return nil
	}
	c.Defer(c.Args[0], c.Args[1:], c.Kw, "background")
	return None
}

func appAttr(w *World, recv *Value, name string) *Value {
	if name == "state" {
		return stateObject(w)
	}
	return nil
}

// RequestState is what belongs to one request: what a middleware gives it, beside what the lifespan of the application gives to all.
const RequestState = "request state"

// RequestPlace begins the name of a place in it.
const RequestPlace = "request.state."

func requestStateAttr(w *World, _ *Value, name string) *Value {
	return w.Started(RequestPlace + name)
}

// App is the application as code sees it that is handed it.
func App(w *World) *Value {
	o := w.NewObject()
	o.Qual = "fastapi.FastAPI"
	return &Value{Kind: ExtObject, Obj: o, Sym: "app"}
}

func requestAttr(w *World, recv *Value, name string) *Value {
	switch name {
	case "method":
		if w.Verb != "" {
			return Text(w.Verb)
		}
	case "app":
		return App(w)
	case "state":
		if v := recv.Obj.Attrs["state"]; v != nil {
			return v
		}
		o := w.NewObject()
		o.Qual = RequestState
		v := &Value{Kind: ExtObject, Obj: o, Sym: "request.state"}
		if recv.Obj.Attrs == nil {
			recv.Obj.Attrs = map[string]*Value{}
		}
		recv.Obj.Attrs["state"] = v
		return v
	}
	return nil
}

func stateObject(w *World) *Value {
	o := w.NewObject()
	o.Qual, o.Cell = "state", "app.state"
	return &Value{Kind: ExtObject, Obj: o, Sym: "app.state"}
}

// paymentWords are verbs of payment libraries and project gateways whose effect cannot be taken back.
var paymentWords = []string{"refund", "charge", "payout", "transfer", "capture_payment", "send_email", "send_mail", "send_sms", "notify"}

// externalShape recognises calls on unknown receivers that by their name leave the process.
func externalShape(c *Call) *Value {
	if c.Recv == nil || c.Recv.Kind == Entity || c.Recv.Kind == Statement || c.Recv.Kind == Rows || c.Recv.Kind == Const {
		return nil
	}
	if fn := withOptions(c); fn != nil {
		return fn
	}
	name := strings.ToLower(c.Name)
	kind := ""
	pay, stripe := stripeClient(c)
	switch {
	case pay:
		kind = "payment"
	case stripe:
		return nil
	case c.Await && c.Recv.Kind == Unknown && (c.Name == "send_json" || c.Name == "send_text"):
		kind = "message" // a websocket of which only is known that it was kept somewhere
	case putsOnQueue(c):
		kind = "job"
	default:
		for _, w := range paymentWords {
			if rest, ok := strings.CutPrefix(name, w); ok && (rest == "" || rest[0] == '_') {
				kind = "payment"
				if strings.HasPrefix(w, "send") || w == "notify" {
					kind = "mail"
				}
			}
		}
	}
	if kind == "" {
		return nil
	}
	op := Op{External: kind, Target: c.Recv.Sym + "." + c.Name, Guess: true}
	op.Own().Told = told(c)
	op.Kind = interleave.Effect
	op.From = c.Deps().Ints()
	i := c.Emit(op)
	if kind == "job" && i >= 0 {
		sendJob(c)
	}
	return Opaque(kind+" answer", Dep(i))
}
