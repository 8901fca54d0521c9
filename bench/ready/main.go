// Command ready starts the emulator again and again and prints how long each start takes, from the
// start of the process to the first good answer of /_emulator/ready, what it holds when idle, and how
// long it takes to explain a token without a server, from the start of the process to its end. Between
// them it starts a Go program that does nothing, which tells how slow the machine is at that minute.
package main

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("ready: ")
	binary := flag.String("emulator", "./emulator", "the emulator")
	address := flag.String("http", "127.0.0.1:18070", "address to listen on")
	times := flag.Int("times", 20, "starts")
	flag.Parse()

	var starts []time.Duration
	var memory []int
	for range *times {
		took, held, err := start(*binary, *address)
		if err != nil {
			log.Fatal(err)
		}
		starts, memory = append(starts, took), append(memory, held)
	}
	slices.Sort(starts)
	slices.Sort(memory)
	middle := len(starts) / 2
	fmt.Printf("Ready after %.1f **%.1f** %.1f ms, idle at %.1f **%.1f** %.1f MB (minimum, median, maximum of %d starts with the embedded workspace, HTTPS off).\n",
		ms(starts[0]), ms(starts[middle]), ms(starts[len(starts)-1]), mb(memory[0]), mb(memory[middle]), mb(memory[len(memory)-1]), len(starts))

	explained, nothing, err := explain(*binary, *times)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("A token is explained after %.1f **%.1f** %.1f ms, without a server (%d times); a Go program that does nothing takes %.1f **%.1f** %.1f ms, turn by turn with it.\n",
		ms(explained[0]), ms(explained[middle]), ms(explained[len(explained)-1]), len(explained),
		ms(nothing[0]), ms(nothing[middle]), ms(nothing[len(nothing)-1]))
}

// explain has a token of the embedded workspace explained again and again, and in between starts a
// program that does nothing. It returns how long each took, sorted.
func explain(binary string, times int) (explained, nothing []time.Duration, err error) {
	folder, err := os.MkdirTemp("", "ready")
	if err != nil {
		return nil, nil, err
	}
	defer os.RemoveAll(folder)
	peer, err := buildNothing(folder)
	if err != nil {
		return nil, nil, err
	}
	token, err := exec.Command(binary, "token", "--resource", "https://management.azure.com/").Output()
	if err != nil {
		return nil, nil, fmt.Errorf("emulator token: %w", err)
	}
	for range times {
		took, err := run(token, binary, "explain", "--workflow", "orders")
		if err != nil { // it would exit 1 for a token that is refused
			return nil, nil, err
		}
		explained = append(explained, took)
		if took, err = run(token, peer); err != nil {
			return nil, nil, err
		}
		nothing = append(nothing, took)
	}
	slices.Sort(explained)
	slices.Sort(nothing)
	return explained, nothing, nil
}

// run runs a program to its end.
func run(input []byte, program string, args ...string) (took time.Duration, err error) {
	command := exec.Command(program, args...)
	command.Stdin = bytes.NewReader(input)
	begin := time.Now()
	if err := command.Run(); err != nil {
		return 0, fmt.Errorf("%s: %w", command, err)
	}
	return time.Since(begin), nil
}

// buildNothing builds the program that does nothing as the emulator is built, and copies it as that is.
func buildNothing(folder string) (program string, err error) {
	built := filepath.Join(folder, "built")
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", built, "flowgate/bench/nothing")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%s: %w: %s", build, err, out)
	}
	program = filepath.Join(folder, "nothing")
	return program, exec.Command("cp", built, program).Run()
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
func mb(kb int) float64          { return float64(kb) / 1024 }

// start runs the emulator once, and stops it. held is its resident memory a second after it was
// ready, in kB.
func start(binary, address string) (took time.Duration, held int, err error) {
	ctx, stop := context.WithTimeout(context.Background(), 20*time.Second)
	defer stop()
	emulator := exec.CommandContext(ctx, binary, "serve", "--http", address, "--https", "")
	begin := time.Now()
	if err := emulator.Start(); err != nil {
		return 0, 0, err
	}
	defer func() {
		_ = emulator.Process.Signal(os.Interrupt)
		_ = emulator.Wait()
	}()
	for {
		ready, err := ask(address)
		if ready {
			took = time.Since(begin)
			break
		}
		if ctx.Err() != nil {
			return 0, 0, fmt.Errorf("not ready within 20 s: %w", err)
		}
		time.Sleep(time.Millisecond / 2)
	}
	time.Sleep(time.Second)
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", emulator.Process.Pid))
	if err != nil {
		return 0, 0, err
	}
	for line := range bytes.Lines(status) {
		if value, ok := bytes.CutPrefix(line, []byte("VmRSS:")); ok {
			held, err = strconv.Atoi(string(bytes.Fields(value)[0]))
		}
	}
	return took, held, err
}

// ask asks once whether the emulator is ready, over a connection of its own and without a client of
// HTTP, whose own first steps would take a tenth of what is measured.
func ask(address string) (bool, error) {
	connection, err := net.Dial("tcp", address)
	if err != nil {
		return false, err
	}
	defer connection.Close()
	if _, err := fmt.Fprintf(connection, "GET /_emulator/ready HTTP/1.1\r\nHost: %s\r\n\r\n", address); err != nil {
		return false, err
	}
	status, err := bufio.NewReader(connection).ReadString('\n')
	return strings.HasPrefix(status, "HTTP/1.1 200 "), err
}
