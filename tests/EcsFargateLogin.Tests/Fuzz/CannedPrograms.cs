using EcsFargateLogin.Transfers;

namespace EcsFargateLogin.Tests.Fuzz;

/// <summary>A container with programs that print what a test says, and end well.</summary>
/// <param name="outputOf">Returns the output of a command.</param>
internal sealed class CannedPrograms(Func<string, byte[]> outputOf) : RemotePrograms
{
    public override Task<IRemoteProgram> StartAsync(string command, CancellationToken cancellationToken) =>
        Task.FromResult<IRemoteProgram>(new Program(outputOf(command)));

    private sealed class Program(byte[] output) : IRemoteProgram
    {
        public Stream Input { get; } = new MemoryStream();

        public Stream Output { get; } = new MemoryStream(output);

        public Task EndInputAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<ProgramEnd> WaitAsync(CancellationToken cancellationToken) => Task.FromResult(new ProgramEnd(0, null));

        public void Kill()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
