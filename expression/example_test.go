package expression_test

import (
	"fmt"

	"flowgate/expression"
)

func ExampleParse() {
	body, _, err := expression.DecodeDocument([]byte(`{"received": "@triggerBody()", "for": "order @{triggerBody()?['id']}"}`))
	if err != nil {
		panic(err)
	}
	template, err := expression.Parse(body)
	if err != nil {
		panic(err)
	}

	outputs := &expression.Object{}
	received, _ := expression.Decode([]byte(`{"id":7}`))
	outputs.Set("body", received)
	answer, err := template.Eval(&expression.Scope{Trigger: outputs})
	fmt.Println(string(expression.Encode(answer)), err)
	// Output: {"received":{"id":7},"for":"order 7"} <nil>
}

func ExampleError() {
	_, err := expression.ParseCondition("@startWith('a', 'b')")
	fmt.Println(err)
	// Output: unknown function "startWith"; did you mean "startsWith"
}
