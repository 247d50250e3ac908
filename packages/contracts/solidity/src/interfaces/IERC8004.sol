// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title The part of the published ERC-8004 identity registry that the court relies on
interface IIdentityRegistry {
    function ownerOf(uint256 agentId) external view returns (address);

    function getAgentWallet(uint256 agentId) external view returns (address);

    function getApproved(uint256 agentId) external view returns (address);

    function isApprovedForAll(address owner, address operator) external view returns (bool);
}

/// @title The part of the published ERC-8004 reputation registry that the court relies on
interface IReputationRegistry {
    function giveFeedback(
        uint256 agentId,
        int128 value,
        uint8 valueDecimals,
        string calldata tag1,
        string calldata tag2,
        string calldata endpoint,
        string calldata feedbackURI,
        bytes32 feedbackHash
    ) external;
}
