// Command nothing ends as soon as it has begun: what a start of any Go program takes here and now.
package main

func main() {}
