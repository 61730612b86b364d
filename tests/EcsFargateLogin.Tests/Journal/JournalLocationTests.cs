using EcsFargateLogin.Journal;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Journal;

[Collection(EnvironmentScope.Collection)]
public sealed class JournalLocationTests : IDisposable
{
    private readonly EnvironmentScope _environment = new();

    public void Dispose() => _environment.Dispose();

    [Fact]
    public void The_journal_lies_under_XDG_STATE_HOME()
    {
        _environment.Set("XDG_STATE_HOME", "/a state");

        Assert.Equal("/a state/EcsFargateLogin/sessions/fl-1/id_ed25519", SessionJournal.OfCurrentUser().KeyPathOf("fl-1"));
    }

    [Theory]
    [InlineData("state")]
    [InlineData("")]
    [InlineData(null)]
    public void Without_an_absolute_XDG_STATE_HOME_it_lies_in_the_home_folder(string? stateHome)
    {
        _environment.Set("XDG_STATE_HOME", stateHome);

        Assert.Equal(
            Path.Combine(Environment.GetEnvironmentVariable("HOME")!, ".local/state/EcsFargateLogin/sessions/fl-1/id_ed25519"),
            SessionJournal.OfCurrentUser().KeyPathOf("fl-1"));
    }
}
