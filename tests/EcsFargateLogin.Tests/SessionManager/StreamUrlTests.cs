using EcsFargateLogin.SessionManager;

namespace EcsFargateLogin.Tests.SessionManager;

/// <summary>URLs of WebSockets of AWS.</summary>
public sealed class StreamUrlTests
{
    private const string Channel = "wss://ssmmessages.eu-central-1.amazonaws.com/v1/data-channel/me-1?role=publish_subscribe";

    [Theory]
    [InlineData("", false)]
    [InlineData("&cell-number=AAEAAR+x/y==", false)]
    [InlineData("&X-Amz-Signature=0", true)]
    [InlineData("&x-amz-security-token=0", true)]
    [InlineData("&X-Amz-Algorithm=AWS4-HMAC-SHA256", true)]
    [InlineData("&X%2DAmz%2DDate=0", true)]
    [InlineData("&X-Amz-Expires", true)]
    [InlineData("&note=X-Amz-Signature", false)]
    [InlineData("&NotX-Amz-Signature=0", false)]
    public void A_URL_with_a_signature_in_its_query_is_presigned(string query, bool isPresigned) =>
        Assert.Equal(isPresigned, StreamUrl.IsPresigned(StreamUrl.Parse(Channel + query)!));

    [Fact]
    public void A_URL_without_a_query_is_not_presigned() =>
        Assert.False(StreamUrl.IsPresigned(StreamUrl.Parse("ws://127.0.0.1:8080/X-Amz-Signature=0")!));

    [Theory]
    [InlineData("wss://ssmmessages.eu-central-1.amazonaws.com/v1/x?cell-number=a+b/c==%2b")]
    [InlineData("ws://127.0.0.1:8080/x")]
    [InlineData("ws://127.3.4.5/x")]
    [InlineData("ws://[::1]:8080/x")]
    [InlineData("ws://localhost:8080/x")]
    public void What_is_encrypted_or_on_this_machine_is_taken_as_it_is(string text) =>
        Assert.EndsWith(StreamUrl.Parse(text)!.PathAndQuery, text, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("https://ssmmessages.eu-central-1.amazonaws.com/x")]
    [InlineData("ws://ssmmessages.eu-central-1.amazonaws.com/x")]
    [InlineData("ws://10.0.0.1/x")]
    [InlineData("wss://ssmmessages.eu-central-1.amazonaws.com")]
    [InlineData("wss://ssmmessages.eu-central-1.amazonaws.com?a=b")]
    [InlineData("ws://localhost.example.com/x")]
    [InlineData("wss://user:secret@ssmmessages.eu-central-1.amazonaws.com/x")]
    [InlineData("wss://ssmmessages.eu-central-1.amazonaws.com/x?a=b c")]
    [InlineData("wss://ssmmessages.eu-central-1.amazonaws.com/x HTTP/1.1\r\nX-Other: y")]
    [InlineData("wss://ssmmessages.eu-central-1.amazonaws.com/ä")]
    public void What_would_send_a_token_in_clear_text_or_add_to_the_request_is_not(string text) =>
        Assert.Null(StreamUrl.Parse(text));
}
