namespace EcsFargateLogin.Tests.Fuzz;

/// <summary>A connection to a side that says what it says, whatever it is told.</summary>
internal sealed class Conversation(byte[] said) : MemoryStream(said)
{
    public override void Write(byte[] buffer, int offset, int count)
    {
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.CompletedTask;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => default;
}
