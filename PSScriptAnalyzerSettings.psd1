@{
    Severity     = @('Error', 'Warning', 'Information')
    ExcludeRules = @(
        # build.ps1 and the demo talk to the person at the terminal.
        'PSAvoidUsingWriteHost'
        # The functions of scripts are steps of these, and nobody asks them what they would do.
        'PSUseShouldProcessForStateChangingFunctions'
        # It does not see that a function or a script block uses a parameter of the script around it.
        'PSReviewUnusedParameter'
    )
}
