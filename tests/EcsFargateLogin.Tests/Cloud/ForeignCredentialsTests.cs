using System.Diagnostics.CodeAnalysis;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Tests.Cloud;

/// <summary>
/// The members of other modules' credentials objects are called by name: objects with them, and the fallbacks without them.
/// </summary>
[SuppressMessage("Performance", "CA1822", Justification = "The SDK's members are those of an instance.")]
public sealed class ForeignCredentialsTests
{
    private static readonly AccessKeys s_keys = new("AKID", "planted-secret", "token");

    [Fact]
    public async Task An_object_with_the_synchronous_method_alone_gives_its_keys() =>
        Assert.Equal(s_keys, await KeysOfAsync(new Synchronous()));

    [Fact]
    public async Task An_object_that_holds_credentials_in_a_hidden_property_gives_theirs() =>
        Assert.Equal(s_keys, await KeysOfAsync(new Holder()));

    [Theory]
    [InlineData(typeof(object))]
    [InlineData(typeof(EmptyHolder))]
    [InlineData(typeof(OtherArguments))]
    public void An_object_without_the_method_is_none_of_credentials(Type type) =>
        Assert.Null(ForeignCredentials.TryWrap(Activator.CreateInstance(type)!, CredentialOrigin.Credential));

    [Theory]
    [InlineData(typeof(Nothing))]
    [InlineData(typeof(OtherNames))]
    [InlineData(typeof(OtherTypes))]
    [InlineData(typeof(TaskOfNothing))]
    public async Task Keys_of_another_shape_are_an_error_that_names_the_parameter(Type type)
    {
        var error = await Assert.ThrowsAsync<FargateException>(() => KeysOfAsync(Activator.CreateInstance(type)!));

        Assert.Contains("the object holds no keys.", error.Message, StringComparison.Ordinal);
        Assert.Contains("-Credential", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(typeof(Synchronous))]
    [InlineData(typeof(EndInWords))]
    public void The_end_of_keys_is_unknown_where_the_object_does_not_tell_it_as_a_time(Type type) =>
        Assert.Null(ForeignCredentials.TryWrap(Activator.CreateInstance(type)!, CredentialOrigin.Credential)!.End);

    private static Task<AccessKeys> KeysOfAsync(object credentials) =>
        ForeignCredentials.TryWrap(credentials, CredentialOrigin.Credential)!.GetKeysAsync();

    private sealed class Synchronous
    {
        public Keys GetCredentials() => new();
    }

    private sealed class Holder
    {
        private Synchronous Credentials { get; } = new();
    }

    private sealed class EmptyHolder
    {
        public string Credentials { get; } = "none";
    }

    private sealed class OtherArguments
    {
        public Keys GetCredentials(string profile) => new();
    }

    private sealed class Nothing
    {
        public Keys? GetCredentials() => null;
    }

    private sealed class OtherNames
    {
        public object GetCredentials() => new { Id = "AKID", Secret = "planted-secret" };
    }

    private sealed class OtherTypes
    {
        public object GetCredentials() => new { AccessKey = 1, SecretKey = 2 };
    }

    private sealed class TaskOfNothing
    {
        public Task GetCredentialsAsync() => Task.CompletedTask;
    }

    private sealed class EndInWords
    {
        public string Expiration { get; } = "tomorrow";

        public Keys GetCredentials() => new();
    }

    /// <summary>The members that the SDK's keys have.</summary>
    private sealed class Keys
    {
        public string AccessKey { get; } = "AKID";

        public string SecretKey { get; } = "planted-secret";

        public string Token { get; } = "token";
    }
}
