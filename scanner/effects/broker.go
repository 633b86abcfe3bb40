package effects

// Message brokers: RabbitMQ by aio-pika and pika, Kafka, NATS, and any of them by FastStream. What was published was published, whatever becomes of the transaction.

// ToBroker is the manner of a message that goes to a broker, and by it to whoever listens there.
const ToBroker = "to a broker"

var brokers = Library{
	Funcs: []Named{
		{"aio_pika.connect_robust", opensBroker("broker connection")}, {"aio_pika.connect", opensBroker("broker connection")}, {"nats.connect", opensBroker("nats.aio.client.Client")},
	},
	Classes: []Class{
		{"broker connection", "broker connection"}, {"aio_pika.RobustConnection", "broker connection"}, {"aio_pika.Connection", "broker connection"},
		{"aio_pika.abc.AbstractConnection", "broker connection"}, {"aio_pika.abc.AbstractRobustConnection", "broker connection"}, {"pika.BlockingConnection", "broker connection"},
		{"broker channel", "broker channel"}, {"aio_pika.Channel", "broker channel"}, {"aio_pika.RobustChannel", "broker channel"}, {"aio_pika.abc.AbstractChannel", "broker channel"},
		{"aio_pika.abc.AbstractRobustChannel", "broker channel"}, {"pika.adapters.blocking_connection.BlockingChannel", "broker channel"},
		{"broker exchange", "broker exchange"}, {"aio_pika.Exchange", "broker exchange"}, {"aio_pika.RobustExchange", "broker exchange"}, {"aio_pika.abc.AbstractExchange", "broker exchange"},
		{"aiokafka.AIOKafkaProducer", "producer"}, {"aiokafka.producer.AIOKafkaProducer", "producer"}, {"kafka.KafkaProducer", "producer"}, {"confluent_kafka.Producer", "producer"},
		{"faststream.rabbit.RabbitBroker", "stream broker"}, {"faststream.kafka.KafkaBroker", "stream broker"}, {"faststream.confluent.KafkaBroker", "stream broker"},
		{"faststream.nats.NatsBroker", "stream broker"}, {"faststream.redis.RedisBroker", "stream broker"}, {"faststream publisher", "stream broker"},
		{"nats.aio.client.Client", "nats"}, {"nats.NATS", "nats"}, {"nats.js.JetStreamContext", "nats"}, {"nats.js.client.JetStreamContext", "nats"},
	},
	Methods: []Family{
		{"broker connection", []Named{{"channel", opensBroker("broker channel")}, {"close", closed}}},
		{"broker channel", []Named{
			{"get_exchange", opensBroker("broker exchange")}, {"declare_exchange", opensBroker("broker exchange")}, {"basic_publish", publishes},
			{"set_qos", closed}, {"queue_declare", closed}, {"close", closed},
		}},
		{"broker exchange", []Named{{"publish", publishes}}},
		{"producer", []Named{{"send_and_wait", publishes}, {"send", publishes}, {"produce", publishes}, {"start", closed}, {"stop", closed}, {"flush", closed}, {"poll", closed}}},
		{"stream broker", []Named{{"publish", publishes}, {"publish_batch", publishes}, {"publisher", opensBroker("faststream publisher")}, {"start", closed}, {"connect", closed}, {"stop", closed}, {"close", closed}}},
		{"nats", []Named{{"publish", publishes}, {"jetstream", self}, {"flush", closed}, {"drain", closed}, {"close", closed}}},
	},
	Attrs: []Getter{{"broker channel", func(w *World, _ *Value, name string) *Value {
		if name == "default_exchange" {
			return brokerPart(w, "broker exchange")
		}
		return nil
	}}},
	Enter: []Enter{{"broker connection", itself}, {"broker channel", itself}, {"producer", itself}},
	Exit: []Exit{
		{"broker connection", leavesAlone}, {"broker channel", leavesAlone}, {"producer", leavesAlone},
	},
}

func itself(_ *World, v *Value) *Value { return v }

func leavesAlone(*World, *Value, bool) {}

func brokerPart(w *World, qual string) *Value {
	o := w.NewObject()
	o.Qual = qual
	return &Value{Kind: ExtObject, Obj: o, Sym: qual}
}

// opensBroker gives the part of a broker of that name.
func opensBroker(qual string) Model {
	return func(c *Call) *Value {
		if c.Await {
			c.Suspend(true)
		}
		return brokerPart(c.World, qual)
	}
}

// publishes sends a message to a broker: to an exchange, a topic, a stream.
func publishes(c *Call) *Value {
	at := len(c.Ops)
	v := sends("message")(c)
	if at < len(c.Ops) {
		c.Ops[at].Own().Manner = ToBroker
	}
	return v
}
