// Command caller places one order with the workflow "orders" and prints the answer.
//
//	ORDERS_URL         the trigger's URL, as Azure gives it, or the emulator's
//	ORDERS_TOKEN_FILE  a file with a bearer token for it
package main

import (
	"context"
	"fmt"
	"os"
	"time"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: caller ORDER-AS-JSON")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "caller:", err)
		os.Exit(1)
	}
}

func run(order string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	orders := Orders{URL: os.Getenv("ORDERS_URL"), TokenFile: os.Getenv("ORDERS_TOKEN_FILE")}
	answer, err := orders.Place(ctx, []byte(order))
	if err != nil {
		return err
	}
	fmt.Println(string(answer))
	return nil
}
