package effects

import "strings"

// Payments that a library makes by the name of its own resources. What moves money twice when it is called twice is an effect; what
// only describes a payment that the customer still has to make is not.

var payments = Library{Funcs: stripeCalls(map[string][]string{
	"Charge":        {"create", "capture"},
	"PaymentIntent": {"capture", "confirm"},
	"Payout":        {"create"},
	"Refund":        {"create"},
	"Topup":         {"create"},
	"Transfer":      {"create", "create_reversal"},
	"InvoiceItem":   {"create"},
	"Subscription":  {"create"},
})}

// stripeCalls spells out the class methods of Stripe's resources, each with its twin that is awaited.
func stripeCalls(of map[string][]string) []Named {
	var out []Named
	for resource, methods := range of {
		for _, m := range methods {
			out = append(out, Named{"stripe." + resource + "." + m, pays}, Named{"stripe." + resource + "." + m + "_async", pays})
		}
	}
	return out
}

// pays makes a payment, unless it carries a key by which the other side knows the second one.
func pays(c *Call) *Value {
	if carriesKey(c) {
		c.passes()
		return Opaque("payment answer", c.Deps())
	}
	return sends("payment")(c)
}

// carriesKey tells whether a payment carries a key of its own, as an argument or among the options of a client.
func carriesKey(c *Call) bool {
	return c.Keyword("idempotency_key") != nil || c.Keyword("options").entry("idempotency_key") != nil
}

func confirmed(c *Call) bool {
	v := c.Keyword("confirm")
	if v == nil {
		v = c.Keyword("params").entry("confirm")
	}
	return v != nil && v.Sym != "False" && v.Sym != "None"
}

// entry returns what a dict display holds under a name, nil when it holds nothing there or is none.
func (v *Value) entry(name string) *Value {
	if v == nil {
		return nil
	}
	if m := v.Pick(Mapping); m != nil {
		for _, p := range m.Pairs {
			if key, ok := p.Key.Str(); ok && key == name {
				return p.Value
			}
		}
	}
	return nil
}

// stripeClient tells what a call on a client of Stripe is: `client.v1.refunds.create` pays back, `client.v1.customers.create` only
// notes somebody.
func stripeClient(c *Call) (pay, known bool) {
	name := strings.ToLower(c.Name)
	switch name {
	case "capture", "confirm", "refund", "create":
	default:
		return false, false // most calls are of other names: the receiver need not be looked at
	}
	switch {
	case c.Recv == nil || !strings.Contains(strings.ToLower(c.Recv.Sym), "stripe"):
	case name != "create":
		return !carriesKey(c), true
	default:
		switch resource := Last(strings.ToLower(c.Recv.Sym)); resource {
		case "payment_intents", "paymentintent":
			return confirmed(c) && !carriesKey(c), true
		case "charges", "charge", "payouts", "payout", "refunds", "refund", "topups", "topup", "transfers", "transfer", "invoice_items", "invoiceitem", "subscriptions", "subscription":
			return !carriesKey(c), true
		}
		return false, true
	}
	return false, false
}
