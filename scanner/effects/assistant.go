package effects

// Language models and the like behind the clients of their vendors: a call takes as long as they need, and changes nothing that could not
// be asked for again.

var assistants = Library{
	Classes: []Class{
		{"openai.OpenAI", "assistant"}, {"openai.AsyncOpenAI", "assistant"}, {"openai.AzureOpenAI", "assistant"}, {"openai.AsyncAzureOpenAI", "assistant"}, {"openai.Client", "assistant"},
		{"anthropic.Anthropic", "assistant"}, {"anthropic.AsyncAnthropic", "assistant"}, {"groq.Groq", "assistant"}, {"groq.AsyncGroq", "assistant"},
		{"mistralai.Mistral", "assistant"}, {"cohere.Client", "assistant"}, {"cohere.ClientV2", "assistant"}, {"together.Together", "assistant"},
		{"google.genai.Client", "assistant"}, {"google.generativeai.GenerativeModel", "assistant"},
	},
	Methods: []Family{{"assistant", []Named{
		{"create", answers}, {"parse", answers}, {"generate", answers}, {"generate_content", answers}, {"complete", answers}, {"embed", answers}, {"embed_content", answers},
		{"chat", answers}, {"translate", answers}, {"edit", answers}, {"generate_images", answers},
	}}},
	Attrs: []Getter{{"assistant", assistantPart}},
	Enter: []Enter{{"assistant", itself}},
	Exit:  []Exit{{"assistant", leavesAlone}},
}

// parts of a client: client.chat.completions.create, client.beta.messages.create, client.aio.models.generate_content.
var assistantParts = map[string]bool{
	"chat": true, "completions": true, "responses": true, "messages": true, "embeddings": true, "images": true, "audio": true, "transcriptions": true,
	"translations": true, "speech": true, "moderations": true, "beta": true, "models": true, "aio": true,
}

func assistantPart(_ *World, recv *Value, name string) *Value {
	if assistantParts[name] {
		return recv
	}
	return nil
}

func answers(c *Call) *Value {
	c.passes()
	return Opaque("answer", c.argDeps())
}
