package probe

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"strings"

	yaml "github.com/pb33f/go-yaml"

	"github.com/middlebrick/middlebrick/scanner/probe/fire"
	"github.com/middlebrick/middlebrick/scanner/probe/judge"
)

// Login is a login request as a document of Web Fuzzing Commons describes it, for applications whose OpenAPI document
// does not say how.
type Login struct {
	Method, Path, ContentType string
	Headers                   []fire.Header
	Body                      []byte
	Cookies                   bool   // the proof is the cookies of the answer, not a token
	From, Pointer             string // where the token is: "body" with a JSON pointer, or "header" with a name
	SendName, Template        string // the header that carries it, and its value with {token} in it
}

// maxInput bounds the files that a user gives: none of them is large.
const maxInput = 1 << 20

type wfcDocument struct {
	Auth     []wfcInfo `yaml:"auth"`
	Template *wfcInfo  `yaml:"authTemplate"`
}

type wfcHeader struct {
	Name  string `yaml:"name"`
	Value string `yaml:"value"`
}

type wfcInfo struct {
	Name  string      `yaml:"name"`
	Fixed []wfcHeader `yaml:"fixedHeaders"`
	Mock  bool        `yaml:"requireMockHandling"`
	Login *wfcLogin   `yaml:"loginEndpointAuth"`
}

type wfcLogin struct {
	Endpoint    string      `yaml:"endpoint"`
	External    string      `yaml:"externalEndpointURL"`
	Raw         string      `yaml:"payloadRaw"`
	User        *wfcUser    `yaml:"payloadUserPwd"`
	Headers     []wfcHeader `yaml:"headers"`
	Verb        string      `yaml:"verb"`
	ContentType string      `yaml:"contentType"`
	Token       *wfcToken   `yaml:"token"`
	Cookies     bool        `yaml:"expectCookies"`
}

type wfcUser struct {
	Username      string `yaml:"username"`
	Password      string `yaml:"password"`
	UsernameField string `yaml:"usernameField"`
	PasswordField string `yaml:"passwordField"`
}

// wfcToken has the names of both versions of the schema.
type wfcToken struct {
	Field    string `yaml:"extractFromField"`
	Header   string `yaml:"httpHeaderName"`
	Prefix   string `yaml:"headerPrefix"`
	From     string `yaml:"extractFrom"`
	Selector string `yaml:"extractSelector"`
	SendIn   string `yaml:"sendIn"`
	SendName string `yaml:"sendName"`
	Template string `yaml:"sendTemplate"`
}

// ReadWFC reads the identities of an authentication document of Web Fuzzing Commons.
func ReadWFC(data []byte) ([]Identity, error) {
	if len(data) > maxInput {
		return nil, errors.New("an authentication document of more than 1 MiB")
	}
	var doc wfcDocument
	if err := yaml.NewDecoder(bytes.NewReader(data)).Decode(&doc); err != nil {
		return nil, fmt.Errorf("not an authentication document: %w", err)
	}
	if len(doc.Auth) == 0 {
		return nil, errors.New("not an authentication document: it has no entry under \"auth\"")
	}
	var out []Identity
	for i, info := range doc.Auth {
		id, err := info.under(doc.Template).identity()
		if err != nil {
			return nil, fmt.Errorf("auth[%d] %s: %w", i, info.Name, err)
		}
		out = append(out, id)
	}
	return out, nil
}

// under fills what an entry leaves open from the template.
func (w wfcInfo) under(t *wfcInfo) wfcInfo {
	if t == nil {
		return w
	}
	if len(w.Fixed) == 0 {
		w.Fixed = t.Fixed
	}
	if t.Login == nil {
		return w
	}
	login := *t.Login
	if own := w.Login; own != nil {
		prefer(&login.Endpoint, own.Endpoint)
		prefer(&login.External, own.External)
		prefer(&login.Raw, own.Raw)
		prefer(&login.Verb, own.Verb)
		prefer(&login.ContentType, own.ContentType)
		if own.User != nil {
			user := *own.User
			if t := t.Login.User; t != nil {
				user.UsernameField = or(user.UsernameField, t.UsernameField)
				user.PasswordField = or(user.PasswordField, t.PasswordField)
			}
			login.User = &user
		}
		if len(own.Headers) > 0 {
			login.Headers = own.Headers
		}
		if own.Token != nil {
			login.Token = own.Token
		}
		login.Cookies = login.Cookies || own.Cookies
	}
	if login.User == nil || login.User.Username != "" || login.Raw != "" {
		w.Login = &login // a login of which only the template speaks, for users whom it does not name, is not meant
	}
	return w
}

func prefer(to *string, value string) {
	if value != "" {
		*to = value
	}
}

func or(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

func (w wfcInfo) identity() (Identity, error) {
	id := Identity{Name: w.Name}
	if w.Name == "" {
		return id, errors.New("it has no name")
	}
	for _, h := range w.Fixed {
		id.Headers = append(id.Headers, fire.Header{Name: h.Name, Value: h.Value})
	}
	l := w.Login
	if l == nil {
		return id, nil
	}
	switch {
	case l.External != "":
		return id, refuse("its login is at %s: credentials are sent to the target only", l.External)
	case !strings.HasPrefix(l.Endpoint, "/"):
		return id, fmt.Errorf("the login endpoint %q is no path", l.Endpoint)
	}
	login := &Login{Method: or(strings.ToUpper(l.Verb), "POST"), Path: l.Endpoint, Body: []byte(l.Raw), Cookies: l.Cookies,
		ContentType: or(l.ContentType, "application/json"), SendName: "Authorization", From: "body"}
	for _, h := range l.Headers {
		login.Headers = append(login.Headers, fire.Header{Name: h.Name, Value: h.Value})
	}
	if u := l.User; u != nil && l.Raw == "" {
		if u.UsernameField == "" || u.PasswordField == "" {
			return id, errors.New("payloadUserPwd lacks usernameField or passwordField")
		}
		if strings.Contains(login.ContentType, "form-urlencoded") {
			login.Body = []byte(url.Values{u.UsernameField: {u.Username}, u.PasswordField: {u.Password}}.Encode())
		} else {
			login.Body = []byte(judge.Encode(map[string]any{u.UsernameField: u.Username, u.PasswordField: u.Password}))
		}
	}
	if t := l.Token; t != nil {
		login.From, login.Pointer = or(strings.ToLower(t.From), "body"), or(t.Selector, t.Field)
		login.SendName = or(t.SendName, or(t.Header, "Authorization"))
		login.Template = or(t.Template, t.Prefix+"{token}")
		if strings.EqualFold(t.SendIn, "cookie") {
			login.SendName, login.Template = "Cookie", login.SendName+"="+login.Template
		}
	} else if !l.Cookies {
		return id, errors.New("neither token nor expectCookies says what the login gives")
	}
	id.Login = login
	return id, nil
}

// proof takes the proof of identity out of the answer of such a login.
func (l *Login) proof(resp fire.Response) ([]fire.Header, bool) {
	if l.Cookies {
		return cookies(resp)
	}
	token := resp.Header.Get(l.Pointer)
	if l.From == "body" {
		v, err := judge.Decode(resp.Body)
		if err != nil {
			return nil, false
		}
		found, ok := pointer(v, l.Pointer)
		if !ok {
			return nil, false
		}
		token = fmt.Sprint(found)
	}
	return []fire.Header{{Name: l.SendName, Value: strings.ReplaceAll(l.Template, "{token}", token)}}, token != ""
}
