using System.Text;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Foundation;

public sealed class SharedFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_replaces_a_file_is_all_that_is_left()
    {
        var file = _folder.Write("file", "old and longer");

        SharedFile.Replace(file, OwnerOnly.CreateFile, stream => stream.Write("new"u8));

        Assert.Equal("new", File.ReadAllText(file));
        Assert.Equal([file], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void What_fails_leaves_the_old_file_and_nothing_else()
    {
        var file = _folder.Write("file", "old");

        Assert.Throws<InvalidDataException>(() => SharedFile.Replace(file, OwnerOnly.CreateFile, stream =>
        {
            stream.Write("ne"u8);
            throw new InvalidDataException();
        }));

        Assert.Equal("old", File.ReadAllText(file));
        Assert.Equal([file], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void A_reader_goes_on_with_the_file_that_it_has_opened()
    {
        var file = _folder.Write("file", "old");
        using StreamReader reader = new(SharedFile.Open(file));

        SharedFile.Replace(file, OwnerOnly.CreateFile, stream => stream.Write("new"u8));

        Assert.Equal("old", reader.ReadToEnd());
        Assert.Equal("new", File.ReadAllText(file, Encoding.UTF8));
    }

    [Fact]
    public void What_is_in_the_way_for_a_moment_is_tried_again()
    {
        var calls = 0;

        SharedFile.Repeat(() =>
        {
            if (++calls < 4)
            {
                throw new IOException("somebody has it open");
            }
        });

        Assert.Equal(4, calls);
    }

    [Fact]
    public void What_stays_in_the_way_is_an_error_in_the_end()
    {
        var calls = 0;

        Assert.Throws<IOException>(() => SharedFile.Repeat(() =>
        {
            calls++;
            throw new IOException("somebody has it open");
        }));

        Assert.InRange(calls, 2, 100);
    }

    [Theory]
    [InlineData(typeof(IOException), true, true)]
    [InlineData(typeof(UnauthorizedAccessException), false, true)]
    [InlineData(typeof(FileNotFoundException), false, false)]
    [InlineData(typeof(DirectoryNotFoundException), false, false)]
    [InlineData(typeof(InvalidOperationException), false, false)]
    public void Access_that_is_denied_may_be_granted_in_a_moment_on_Windows_alone(Type type, bool onUnix, bool onWindows)
    {
        var failure = (Exception)Activator.CreateInstance(type)!;

        Assert.Equal(
            (onUnix, onWindows), (SharedFile.IsTransient(failure, isWindows: false), SharedFile.IsTransient(failure, isWindows: true)));
    }
}
